// The organisations a worker's tests play with. They come into being as any other: by signing up and being verified, on the
// product's own pages. JavaScript is off here, because plain pages are faster; what needs proof with it has its own test.
import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";

import { open, withoutScripts } from "./alive";
import { fill } from "./forms";
import { product } from "./product";

export type Kind = "provider" | "insurer" | "intermediary";
type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

export interface Member {
  organisation: string;
  name: string;
  email: string;
  password: string;
  /** The cookies of a browser that is signed in. */
  state: State;
}

export interface Offer {
  id: string;
  title: string;
  /** Per unit, as pages show it. */
  price: string;
  seller: string;
}

export interface Cast {
  admin: Member;
  provider: Member;
  otherProvider: Member;
  insurer: Member;
  otherInsurer: Member;
  intermediary: Member;
  unverified: Member;
  /** On the market, one of each provider. */
  offers: { scan: Offer; course: Offer };
}

/** Long enough, and nothing a list of common passwords knows. */
export const PASSWORD = "saddle-orchid-quarry-lantern";

let made = 0;

/** A word that no other test uses. */
export function unique(): string {
  made += 1;
  return `${Number(process.env.TEST_WORKER_INDEX ?? 0).toString(36)}${made.toString(36)}`.padStart(4, "w");
}

/** What the sign-up form wants of an organisation nobody has heard of. */
export function newcomer(kind: Kind, organisation: string): Record<string, string> {
  const mark = unique();
  return {
    kind,
    organisation: `${organisation} ${mark}`,
    legal_name: `${organisation} ${mark} Ltd`,
    registration_number: `HRB-${mark}`,
    country: "DE",
    city: "Berlin",
    name: "Robin Sommer",
    email: `robin.${mark}@example.org`,
    password: PASSWORD,
  };
}

/** Makes them all. */
export async function assemble(browser: Browser, worker: number): Promise<Cast> {
  const wings = new Wings(browser, `10.2.${worker % 256}.1`);
  const admin = await wings.administrator();
  const provider = await wings.organisation("provider", "Charlottenburg Imaging");
  const otherProvider = await wings.organisation("provider", "Havel Rehabilitation");
  const insurer = await wings.organisation("insurer", "Northern Mutual");
  const otherInsurer = await wings.organisation("insurer", "Southern Mutual");
  const intermediary = await wings.organisation("intermediary", "Harbour Brokers");
  const unverified = await wings.organisation("insurer", "Eager Mutual");
  await wings.verify(admin, [provider, otherProvider, insurer, otherInsurer, intermediary]);
  const scan = await wings.publish(provider, { title: `Knee scan ${unique()}`, base_price: "420.00", category: "imaging", code: "FA01" });
  const course = await wings.publish(otherProvider, { title: `Back school ${unique()}`, base_price: "95.50", category: "therapy", code: "ME84.2" });
  return { admin, provider, otherProvider, insurer, otherInsurer, intermediary, unverified, offers: { scan, course } };
}

interface NewService {
  title: string;
  base_price: string;
  category: string;
  /** ICD-11. */
  code: string;
}

/** Where the cast gets ready. */
class Wings {
  constructor(
    private readonly browser: Browser,
    private readonly address: string,
  ) {}

  async organisation(kind: Kind, name: string): Promise<Member> {
    const form = newcomer(kind, name);
    return this.on(null, async (page) => {
      await page.goto("/sign-up");
      await fill(page, form);
      await page.getByRole("main").getByRole("button", { name: "Create account" }).click();
      await expect(page).toHaveURL(/\/organisation$/);
      return this.member(page, form.organisation ?? "", form.name ?? "", form.email ?? "");
    });
  }

  /** The first administrator comes from the command line, as a link that is good once. */
  async administrator(): Promise<Member> {
    const email = `admin.${unique()}@example.org`;
    const said = await product.hcts("admin", "create", "--email", email, "--name", "Ada Min");
    const link = /https?:\/\/\S+/.exec(said)?.[0];
    if (!link) throw new Error(`no link in: ${said}`);
    return this.on(null, async (page) => {
      await page.goto(link);
      await fill(page, { name: "Ada Min", password: PASSWORD });
      await page.getByRole("main").getByRole("button", { name: "Accept and continue" }).click();
      await expect(page).not.toHaveURL(/invitations/);
      return this.member(page, "HCTS", "Ada Min", email);
    });
  }

  async verify(admin: Member, members: Member[]): Promise<void> {
    await this.on(admin, async (page) => {
      for (const member of members) await verifyOrganisation(page, member.organisation);
    });
  }

  /** Creates a service and puts it on sale. */
  async publish(seller: Member, service: NewService): Promise<Offer> {
    return this.on(seller, async (page) => {
      // the form starts with what the address says, as it does after a refusal
      await page.goto(`/services/new?title=${encodeURIComponent(service.title)}&codes=${service.code}`);
      await fill(page, {
        description: "Everything that is needed, done by people who do it daily, with a written report.",
        category: service.category,
        modality: "on_site",
        country: "DE",
        city: "Berlin",
        duration_minutes: "45",
        validity_days: "365",
        currency: "EUR",
        base_price: service.base_price,
      });
      await page.getByRole("button", { name: "Save draft" }).click();
      await page.getByRole("button", { name: "Publish" }).click();
      await expect(page.getByRole("link", { name: "View on the market" })).toBeVisible();
      const id = /\/services\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
      return { id, title: service.title, price: `EUR ${service.base_price}`, seller: seller.organisation };
    });
  }

  private async member(page: Page, organisation: string, name: string, email: string): Promise<Member> {
    return { organisation, name, email, password: PASSWORD, state: await page.context().storageState() };
  }

  private async on<T>(member: Member | null, act: (page: Page) => Promise<T>): Promise<T> {
    const context = await this.browser.newContext({
      baseURL: product.url,
      javaScriptEnabled: false,
      extraHTTPHeaders: { "x-forwarded-for": this.address },
      storageState: member?.state,
    });
    withoutScripts(context);
    try {
      return await act(await context.newPage());
    } finally {
      await context.close();
    }
  }
}

/** An administrator verifies an organisation in the console. */
export async function verifyOrganisation(page: Page, organisation: string): Promise<void> {
  await open(page, `/console/organisations?q=${encodeURIComponent(organisation)}`);
  await page.getByRole("main").getByRole("link", { name: organisation }).click();
  await expect(page.getByRole("heading", { level: 1, name: organisation })).toBeVisible();
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await expect(page.getByRole("main")).toContainText("Verified");
}
