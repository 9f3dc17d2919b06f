// What is thrown when a backend answers in a way that only one of the other era would.
import { GatewayError } from "../errors.ts";

/** What was asked was not understood, and so has not been done. */
export class OtherEra extends GatewayError {
  constructor(message: string) {
    super("undelivered", message);
  }
}
