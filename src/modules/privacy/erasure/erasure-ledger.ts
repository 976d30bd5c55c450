import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ArchiveStorage } from '../../../platform/archive/archive-storage';
import { idSchema, type UserId } from '../../../shared/ids';

const PREFIX = 'erasures/';

const Entry = z.object({ version: z.literal(1), userId: idSchema<'User'>(), erasedAt: z.iso.datetime() });

/**
 * Who was erased and when, outside the database and its backups: an id that means nothing by itself, and a time. Whatever
 * backup is restored, the ledger knows whom it must not bring back.
 */
@Injectable()
export class ErasureLedger {
  constructor(private readonly archive: ArchiveStorage) {}

  /** The same again replaces what is there. */
  async add(userId: UserId, erasedAt: Date): Promise<void> {
    const entry = { version: 1, userId, erasedAt: erasedAt.toISOString() };
    const key = `${PREFIX}${erasedAt.toISOString().slice(0, 10)}/${userId}.json`;
    await this.archive.put(key, Buffer.from(JSON.stringify(entry)));
  }

  /** @throws Error when an entry is not what it should be: nobody may be left out unseen */
  async *entries(): AsyncGenerator<UserId> {
    for await (const key of this.archive.keys(PREFIX)) {
      const object = await this.archive.get(key);
      if (object === undefined) throw new Error(`${key} of the ledger can't be read`);
      const parts: Buffer[] = [];
      for await (const part of object) parts.push(part as Buffer);
      yield Entry.parse(JSON.parse(Buffer.concat(parts).toString())).userId;
    }
  }
}
