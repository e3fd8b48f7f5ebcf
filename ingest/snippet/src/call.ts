import { post } from "./outbox";
import { state } from "./state";
import { uuid } from "./uuid";
import { visitor } from "./visitor";

/** Sends one call of Segment's specification. */
export function call(type: string, fields: object, context = state.context) {
  if (!state.on) return;
  post({
    type,
    messageId: uuid(),
    originalTimestamp: new Date(),
    anonymousId: visitor(),
    userId: state.user,
    context,
    ...fields,
  });
}

export const track = (event: unknown, properties?: object, context = state.context) => call("track", { event, properties }, context);
