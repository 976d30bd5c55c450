import { z } from 'zod';
import { define, NOTHING } from './mail-template';

export const SecondFactorAddedMail = define({
  name: 'second-factor-added',
  variables: NOTHING,
  render: () => ({
    subject: 'Your account has a second factor',
    text: 'An authenticator app was added to your account: signing in asks for its code from now on. Was it not you? Ask the app for a new password at once and write to us.',
  }),
});

export const SecondFactorRemovedMail = define({
  name: 'second-factor-removed',
  variables: NOTHING,
  render: () => ({
    subject: 'Your second factor was removed',
    text: 'The authenticator app was removed from your account: your password alone opens it. Was it not you? Ask the app for a new password at once.',
  }),
});

export const SecondFactorResetMail = define({
  name: 'second-factor-reset',
  variables: NOTHING,
  render: () => ({
    subject: 'We reset your second factor',
    text: 'An operator removed the authenticator app from your account and ended your sessions. Sign in with your password and add another one. Did you not ask for it? Ask the app for a new password at once and write to us.',
  }),
});

export const RecoveryCodeUsedMail = define({
  name: 'recovery-code-used',
  variables: z.strictObject({ left: z.int() }),
  render: ({ left }) => ({
    subject: 'A recovery code was used',
    text: `One of your recovery codes was used in place of your authenticator app. ${left} of them are left. Was it not you? Change your password and add your authenticator app anew.`,
  }),
});

export const SecondFactorGuessedMail = define({
  name: 'second-factor-guessed',
  variables: NOTHING,
  render: () => ({
    subject: 'Someone tries to guess your second factor',
    text: 'Ten wrong codes were given for your account within an hour; codes are refused for a while. Was it not you? Then someone knows your password: change it.',
  }),
});
