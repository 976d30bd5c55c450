/** What is known of passwords that leaked somewhere. */
export abstract class LeakedPasswords {
  /** Never throws: when nobody can tell, a password counts as not leaked, and that is logged. */
  abstract includes(password: string): Promise<boolean>;
}
