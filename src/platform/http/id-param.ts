import { Param, type PipeTransform } from '@nestjs/common';
import { NotFound } from '../../shared/domain-error';
import { idSchema } from '../../shared/ids';

const schema = idSchema();

/** An id in a path: any UUID, lower-cased; what is none names nothing. */
const idPipe: PipeTransform = {
  transform: (value: unknown) => {
    const id = schema.safeParse(value);
    if (!id.success) throw new NotFound();
    return id.data;
  },
};

export const IdParam = (name: string): ParameterDecorator => Param(name, idPipe);
