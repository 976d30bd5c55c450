import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { isZodDto } from 'nestjs-zod/dto';
import { ZodError, type z } from 'zod';
import { ValidationFailed } from '../../shared/domain-error';

/** Reads what a handler takes by the schema of its class. (nestjs-zod's own pipe comes with all of @nestjs/swagger.) */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** @throws ValidationFailed with what is wrong, and where */
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!isZodDto(metatype)) return value;
    try {
      return metatype.schema.parse(value);
    } catch (error) {
      throw new ValidationFailed(error instanceof ZodError ? error.issues.flatMap(problemsOf) : []);
    }
  }
}

const problemsOf = (issue: z.core.$ZodIssue): { path: string; message: string }[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not known' }))
    : [{ path: issue.path.join('.') || 'body', message: issue.message }];
