import type { FastifyReply, FastifyRequest } from 'fastify';
import { Precondition, PreconditionFailed, tagAnswer } from './etag';

const state = { name: 'a', version: 2 };

function tagOf(answer: unknown): string {
  const headers: Record<string, string> = {};
  const reply = { statusCode: 200, headers: (all: Record<string, string>) => Object.assign(headers, all) };
  const request = { method: 'PUT', headers: {} } as FastifyRequest;
  tagAnswer(request, reply as unknown as FastifyReply, JSON.stringify(answer));
  return headers.etag ?? '';
}

describe('a precondition', () => {
  const tag = tagOf(state);
  const other = tagOf({ ...state, version: 1 });

  it.each([
    ['nothing', undefined, undefined],
    ['the tag', tag, undefined],
    ['one of several tags', `${other}, ${tag}`, undefined],
    ['anything that is there', '*', undefined],
    ['another tag than this', undefined, other],
  ])('that asks for %s is met', (_, ifMatch, ifNoneMatch) => {
    expect(() => new Precondition(ifMatch, ifNoneMatch).assert(state)).not.toThrow();
  });

  it.each([
    ['another tag', other, undefined],
    ['a weak tag', `W/${tag}`, undefined],
    ['no tag at all', 'tag', undefined],
    ['nothing to be there', undefined, '*'],
    ['any tag but this', undefined, `W/${tag}`],
  ])('that asks for %s is not', (_, ifMatch, ifNoneMatch) => {
    expect(() => new Precondition(ifMatch, ifNoneMatch).assert(state)).toThrow(PreconditionFailed);
  });

  it('on what is not there is met by asking for that only', () => {
    expect(() => new Precondition(undefined, '*').assert(undefined)).not.toThrow();
    expect(() => new Precondition('*', undefined).assert(undefined)).toThrow(PreconditionFailed);
  });
});
