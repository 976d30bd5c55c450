import { Injectable } from '@nestjs/common';
import { ArchiveStorage } from '../../../platform/archive/archive-storage';
import { type Seal, SealCopy, toCopy } from './seal';

const NEWEST = 'audit/seals/newest.json';
const NUMBER_DIGITS = 12;

/** Seals outside the database: whoever can rewrite the whole of it still can't make these agree. */
@Injectable()
export class SealCopies {
  constructor(private readonly archive: ArchiveStorage) {}

  async keep(seal: Seal): Promise<void> {
    const content = Buffer.from(JSON.stringify(toCopy(seal)));
    // the one that is never written again first: where the bucket locks objects, it can't be taken back
    await this.archive.put(keyOf(seal.number), content);
    await this.archive.put(NEWEST, content);
  }

  newest(): Promise<SealCopy | undefined> {
    return this.read(NEWEST);
  }

  find(number: number): Promise<SealCopy | undefined> {
    return this.read(keyOf(number));
  }

  private async read(key: string): Promise<SealCopy | undefined> {
    const content = await this.archive.get(key);
    if (content === undefined) return undefined;
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part as Buffer);
    return SealCopy.parse(JSON.parse(Buffer.concat(parts).toString()));
  }
}

const keyOf = (number: number): string => `audit/seals/${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
