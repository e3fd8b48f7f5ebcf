/** An address without its query and fragment, which may say who somebody is. */
export const bare = (address: string) => address.replace(/[?#].*/s, "");

/** The message of an error with what may be personal taken out: queries, mail addresses, long numbers. The collector masks again. */
export const mask = (message: string) =>
  message
    .slice(0, 150)
    .replace(/[?#]\S+/g, "?")
    .replace(/\S+(@|%40)\S+/g, "[email]")
    .replace(/\d[\d .()-]{5,}\d/g, "[number]");
