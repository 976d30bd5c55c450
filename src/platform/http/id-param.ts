import { Param, type PipeTransform } from '@nestjs/common';
import { NotFound } from '../../shared/domain-error';
import { idSchema } from '../../shared/ids';
import { ApiParam } from './documented';

const schema = idSchema();

/** An id in a path: any UUID, lower-cased; what is none names nothing. */
const idPipe: PipeTransform = {
  transform: (value: unknown) => {
    const id = schema.safeParse(value);
    if (!id.success) throw new NotFound();
    return id.data;
  },
};

export const IdParam =
  (name: string): ParameterDecorator =>
  (target, key, index) => {
    Param(name, idPipe)(target, key, index);
    if (key === undefined) return;
    const method = Object.getOwnPropertyDescriptor(target, key);
    if (method !== undefined)
      ApiParam({ name, schema: { type: 'string', format: 'uuid' } })(target, key, method);
  };
