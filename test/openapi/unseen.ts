/** Answers that are described although no test brings them about, and why. */

export const unseen: { readonly [answer: string]: string } = {}
