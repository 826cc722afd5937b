/** What replies, claims and headers are made of. */

/** A JSON value whose strings may hold `{placeholders}`; a string that is one placeholder alone becomes the value itself. Not spelled out recursively: the compiler would follow it into every declaration. */
export type Template = unknown
