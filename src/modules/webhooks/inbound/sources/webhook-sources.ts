import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { webhookSecretsConfig } from '../../../../config/slices';
import { NotFound } from '../../../../shared/domain-error';
import { SOURCES, type SourceName, type WebhookSource } from '../webhook-source';
import { GitHubSource } from './github.source';
import { OneSignalSource } from './onesignal.source';
import { RazorpaySource } from './razorpay.source';
import { StandardSource } from './standard.source';
import { StripeSource } from './stripe.source';
import { SupabaseSource } from './supabase.source';

type Secrets = ConfigType<typeof webhookSecretsConfig>;

/** How each source is made of its secrets. */
const MAKERS: { readonly [Name in SourceName]: (secrets: NonNullable<Secrets[Name]>) => WebhookSource } = {
  stripe: (secrets) => new StripeSource(secrets),
  razorpay: (secrets) => new RazorpaySource(secrets),
  github: (secrets) => new GitHubSource(secrets),
  onesignal: (secrets) => new OneSignalSource(secrets),
  supabase: (secrets) => new SupabaseSource(secrets),
  standard: (secrets) => new StandardSource(secrets),
};

/** The sources that this deployment has a secret for. */
@Injectable()
export class WebhookSources {
  private readonly sources = new Map<string, WebhookSource>();

  constructor(@Inject(webhookSecretsConfig.KEY) secrets: Secrets) {
    const add = <Name extends SourceName>(name: Name) => {
      const own = secrets[name];
      if (own !== undefined) this.sources.set(name, MAKERS[name](own));
    };
    for (const name of SOURCES) add(name);
  }

  /** @throws NotFound when there is no secret to verify it with */
  named(name: string): WebhookSource {
    const source = this.sources.get(name);
    if (source === undefined) throw new NotFound();
    return source;
  }
}
