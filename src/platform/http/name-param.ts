import { Param, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { NotFound, ValidationFailed } from '../../shared/domain-error';
import { ApiParam } from './documented';

/**
 * A name in a path that its maker chose. One that can't be a name names nothing; where the route makes what it names,
 * it is not valid.
 */
export const NameParam =
  (name: string, schema: z.ZodType<string>, { makes = false } = {}): ParameterDecorator =>
  (target, key, index) => {
    const pipe: PipeTransform = {
      transform: (value: unknown) => {
        const parsed = schema.safeParse(value);
        if (parsed.success) return parsed.data;
        if (!makes) throw new NotFound();
        throw new ValidationFailed(parsed.error.issues.map(({ message }) => ({ path: name, message })));
      },
    };
    Param(name, pipe)(target, key, index);
    if (key === undefined) return;
    const method = Object.getOwnPropertyDescriptor(target, key);
    if (method !== undefined) ApiParam({ name, schema: { type: 'string' } })(target, key, method);
  };
