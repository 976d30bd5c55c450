import { applyDecorators } from '@nestjs/common';
import type {
  ApiHeaderOptions,
  ApiOperationOptions,
  ApiParamOptions,
  ApiResponseOptions,
} from '@nestjs/swagger';

type Swagger = typeof import('@nestjs/swagger');
/** For a class or a method. */
type RouteDecorator = ReturnType<typeof applyDecorators>;

const untold: ((swagger: Swagger) => void)[] = [];

/**
 * The decorators of @nestjs/swagger that we use, told when a document is made: loading it takes a twentieth of a start,
 * and few processes are ever asked for the document.
 */
export const ApiHeader = (options: ApiHeaderOptions) => later((swagger) => swagger.ApiHeader(options));
export const ApiOperation = (options: ApiOperationOptions) =>
  later((swagger) => swagger.ApiOperation(options));
export const ApiParam = (options: ApiParamOptions) => later((swagger) => swagger.ApiParam(options));
export const ApiResponse = (options: ApiResponseOptions) => later((swagger) => swagger.ApiResponse(options));
export const ApiSecurity = (name: string) => later((swagger) => swagger.ApiSecurity(name));

/** Tells @nestjs/swagger what has been said of the routes until now. */
export function tellDocumentation(swagger: Swagger): void {
  for (const tell of untold.splice(0)) tell(swagger);
}

function later(decorator: (swagger: Swagger) => MethodDecorator): RouteDecorator {
  return (target, key, method) => {
    untold.push((swagger) => applyDecorators(decorator(swagger))(target, key, method));
  };
}
