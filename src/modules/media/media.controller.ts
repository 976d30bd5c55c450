import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { SIGNED_IN } from '../../platform/http/access';
import { CurrentUser, Endpoint, ResourceId } from '../../platform/http/endpoint';
import { IdParam } from '../../platform/http/id-param';
import type { UserPrincipal } from '../../platform/http/principal';
import type { MediaId } from '../../shared/ids';
import { CreateUploadBody, MediaAnswer, UploadAnswer } from './media.schema';
import { type Download, MediaService } from './media.service';
import type { Media } from './media.store';

@Controller('v1/media')
export class MediaController {
  constructor(private readonly media: MediaService) {}

  @Post('uploads')
  @Endpoint({
    summary: 'Announce a file: a signed URL takes its bytes',
    access: SIGNED_IN,
    status: 201,
    idempotency: 'optional',
    answer: UploadAnswer,
  })
  async begin(
    @CurrentUser() { userId }: UserPrincipal,
    @ResourceId() id: MediaId,
    @Body() body: CreateUploadBody,
  ): Promise<UploadAnswer> {
    const { media, uploadUrl } = await this.media.begin(userId, { id, ...body });
    const headers = { 'content-type': media.contentType };
    return { id, uploadUrl, headers, expiresAt: media.uploadUntil.toISOString() };
  }

  @Post(':id/complete')
  @Endpoint({ summary: 'Say that the bytes are there', access: SIGNED_IN, answer: MediaAnswer })
  async complete(@CurrentUser() { userId }: UserPrincipal, @IdParam('id') id: MediaId): Promise<MediaAnswer> {
    await this.media.complete(userId, id);
    return toAnswer(await this.media.get(userId, id));
  }

  @Get(':id')
  @Endpoint({
    summary: 'A file of one’s own, with a signed URL to its bytes',
    access: SIGNED_IN,
    answer: MediaAnswer,
  })
  async get(@CurrentUser() { userId }: UserPrincipal, @IdParam('id') id: MediaId): Promise<MediaAnswer> {
    return toAnswer(await this.media.get(userId, id));
  }

  @Delete(':id')
  @Endpoint({ summary: 'Delete a file', access: SIGNED_IN, status: 204 })
  async delete(@CurrentUser() { userId }: UserPrincipal, @IdParam('id') id: MediaId): Promise<void> {
    await this.media.delete(userId, id);
  }
}

const toAnswer = ({ media, download }: { media: Media; download: Download | null }): MediaAnswer => ({
  id: media.id,
  purpose: media.purpose,
  contentType: media.contentType,
  bytes: media.bytes,
  status: media.status,
  createdAt: media.createdAt.toISOString(),
  downloadUrl: download?.url ?? null,
  expiresAt: download?.expiresAt.toISOString() ?? null,
});
