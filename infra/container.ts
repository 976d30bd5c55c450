import { PORT } from './stage';

/** What ECS knows of a container, as far as we set it. */
interface ContainerDefinition {
  readonly name: string;
  readonly mountPoints?: readonly object[];
  readonly environment?: readonly { readonly name: string }[];
}

/** What a container is told beside SST's own settings. */
export type ContainerExtras = Readonly<Record<string, object>>;

/** Fargate kills at most 120 s after SIGTERM: the services drain within 110. */
export const STOP_TIMEOUT_SECONDS = 110;
export const PROBE = ['CMD', 'node', 'dist/tools/cli/health-probe.js'];
/** The image's own user, by number. */
const USER = '1000:1000';

/**
 * Makes every container of a task what SST does not: non-root, on a read-only root with /tmp as its only writable
 * place, without a terminal, and with the one port that it listens on, if it does.
 */
export function hardened(extras: ContainerExtras = {}) {
  return (args: aws.ecs.TaskDefinitionArgs): undefined => {
    args.volumes = [{ name: 'tmp' }];
    args.containerDefinitions = $util.output(args.containerDefinitions).apply((json) => {
      const containers: ContainerDefinition[] = JSON.parse(json);
      return JSON.stringify(containers.map((container) => harden(container, extras[container.name] ?? {})));
    });
  };
}

function harden(container: ContainerDefinition, extras: object): object {
  return {
    ...container,
    // SST's own variables are for programs that import it
    environment: container.environment?.filter(({ name }) => !name.startsWith('SST_')),
    essential: true,
    user: USER,
    privileged: false,
    readonlyRootFilesystem: true,
    pseudoTerminal: false,
    portMappings: [],
    stopTimeout: STOP_TIMEOUT_SECONDS,
    mountPoints: [...(container.mountPoints ?? []), { sourceVolume: 'tmp', containerPath: '/tmp' }],
    ...extras,
  };
}

/** A container that serves HTTP on its port. */
export const LISTENING = { portMappings: [{ containerPort: PORT, protocol: 'tcp' }] };
