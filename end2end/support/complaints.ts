// Whatever a browser complains about fails the test: errors on the console, uncaught errors, answers of 500 and above.
import { expect, type BrowserContext } from "@playwright/test";

export class Complaints {
  private readonly all: string[] = [];
  private readonly foreseen: RegExp[] = [];

  /** Listens to every page of a context, also to those it opens later. */
  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error") this.all.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.all.push(`uncaught: ${error.error().message}`));
    context.on("response", (answer) => {
      if (answer.status() >= 500) this.all.push(`answer: ${answer.status()} ${answer.url()}`);
    });
  }

  /** The test provokes this refusal: Chromium reports every answer of 400 and above on the console. */
  foresee(status: number, address: RegExp): void {
    this.foreseen.push(new RegExp(`^console: Failed to load resource: the server responded with a status of ${status} .*\\(.*${address.source}.*\\)$`));
  }

  /** The test spoils the page under the browser half, which may panic. */
  foreseeCrash(): void {
    this.foreseen.push(/^console: (panicked at|A hydration error occurred)|^(console|uncaught): .*unreachable|^uncaught: .*(recursive use of an object|closure invoked recursively)/s);
  }

  /** The test takes the network away. */
  foreseeNoNetwork(): void {
    this.foreseen.push(/^console: Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED)/);
  }

  verdict(): void {
    const unforeseen = this.all.filter((one) => !this.foreseen.some((pattern) => pattern.test(one)));
    expect(unforeseen, "what the browser complained about").toEqual([]);
  }
}
