import { z } from 'zod';
import { define, NOTHING } from './mail-template';

export const VerificationCodeMail = define({
  name: 'verification-code',
  variables: z.strictObject({ code: z.string() }),
  render: ({ code }) => ({
    subject: 'Your sign-up code',
    text: `Your code is ${code}. It is good for 10 minutes.\n\nIf you did not sign up, ignore this mail.`,
  }),
});

export const AccountExistsMail = define({
  name: 'account-exists',
  variables: NOTHING,
  render: () => ({
    subject: 'You already have an account',
    text: 'Someone, perhaps you, tried to sign up with this address. You already have an account: sign in instead.',
  }),
});

export const AdminSetupMail = define({
  name: 'admin-setup',
  variables: z.strictObject({ code: z.string() }),
  render: ({ code }) => ({
    subject: 'Your administrator set-up code',
    text: `An operator made you an administrator. Verify this address in the app with the code ${code}. It is good for 10 minutes.`,
  }),
});

export const NewDeviceMail = define({
  name: 'new-device',
  variables: NOTHING,
  render: () => ({
    subject: 'A new device signed in',
    text: 'A device that was not used before signed in to your account. Was it not you? End its session in the app and change your password.',
  }),
});

export const PasswordResetMail = define({
  name: 'password-reset',
  variables: z.strictObject({ code: z.string() }),
  render: ({ code }) => ({
    subject: 'Your code for a new password',
    text: `Choose a new password in the app with the code ${code}. It is good for 10 minutes.\n\nIf you did not ask for it, ignore this mail: your password stays as it is.`,
  }),
});

export const NoAccountMail = define({
  name: 'no-account',
  variables: NOTHING,
  render: () => ({
    subject: 'There is no account with this address',
    text: 'Someone, perhaps you, asked for a new password for this address. There is no account with it: sign up, or try another address.',
  }),
});

export const PasswordChangedMail = define({
  name: 'password-changed',
  variables: NOTHING,
  render: () => ({
    subject: 'Your password was changed',
    text: 'The password of your account was changed and the other sessions were ended. Was it not you? Ask the app for a new password at once.',
  }),
});

export const SessionEndedMail = define({
  name: 'session-ended',
  variables: NOTHING,
  render: () => ({
    subject: 'We ended one of your sessions',
    text: 'A sign-in key of one of your devices was used twice, as happens when it was copied. We ended that session: sign in again on the device. If you know of no reason, change your password.',
  }),
});

export const DeviceMismatchMail = define({
  name: 'device-mismatch',
  variables: NOTHING,
  render: () => ({
    subject: 'Another device tried to use your session',
    text: 'A device tried to use the sign-in key of another of your devices and was refused. Your session goes on. If you know of no reason, change your password.',
  }),
});

export const IdentityLinkedMail = define({
  name: 'identity-linked',
  variables: z.strictObject({ provider: z.enum(['apple', 'google']) }),
  render: ({ provider }) => {
    const name = provider === 'apple' ? 'Apple' : 'Google';
    return {
      subject: `${name} now opens your account`,
      text: `Someone, most likely you, signed in with ${name} under this address. From now on that opens your account, beside your password. Was it not you? Secure your ${name} account, then end the session in the app.`,
    };
  },
});

export const EmailChangeCodeMail = define({
  name: 'email-change-code',
  variables: z.strictObject({ code: z.string() }),
  render: ({ code }) => ({
    subject: 'Your code for this address',
    text: `Confirm in the app that this is your new address: the code is ${code}. It is good for 10 minutes.\n\nIf you did not ask for it, ignore this mail.`,
  }),
});

export const EmailChangedMail = define({
  name: 'email-changed',
  variables: z.strictObject({ token: z.string() }),
  render: ({ token }) => ({
    subject: 'Your account has another address',
    text: `Your account has another e-mail address from now on. Was it not you? Take it back within 7 days: open "My address was changed" in the app and give it this token. All sessions end, and you choose a new password.\n\n${token}`,
  }),
});

export const EmailChangeUndoneMail = define({
  name: 'email-change-undone',
  variables: NOTHING,
  render: () => ({
    subject: 'This is the address of your account again',
    text: 'The change of your address was taken back, all sessions were ended and the password was removed. Ask the app for a new password to sign in.',
  }),
});

export const DeletionScheduledMail = define({
  name: 'deletion-scheduled',
  variables: NOTHING,
  render: () => ({
    subject: 'Your account will be erased in 30 days',
    text: 'You asked us to erase your account. In 30 days we erase it with everything that we have of you; until then you can sign in and take it back in the app. Was it not you? Take it back and change your password.',
  }),
});

export const AccountUnusedMail = define({
  name: 'account-unused',
  variables: NOTHING,
  render: () => ({
    subject: 'Your unused account will be erased in 30 days',
    text: 'Nobody has used your account for seven years. In 30 days we erase it with everything that we have of you. Do you want to keep it? Sign in before that.',
  }),
});

export const DeletionCancelledMail = define({
  name: 'deletion-cancelled',
  variables: NOTHING,
  render: () => ({
    subject: 'Your account stays',
    text: 'The erasure of your account was taken back. Was it not you? Change your password.',
  }),
});

export const DataExportMail = define({
  name: 'data-export',
  variables: z.strictObject({ url: z.string() }),
  render: ({ url }) => ({
    subject: 'Your data is ready',
    text: `Everything that we have of you is in one file. The link is good for 24 hours, for whoever has it:\n\n${url}\n\nDid you not ask for it? Change your password.`,
  }),
});
