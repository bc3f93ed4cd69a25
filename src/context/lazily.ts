/** Opens things at their first use and closes what was opened, the last one first. */
export class Opened {
  private readonly closers: (() => void | Promise<void>)[] = [];

  /** A thing that is opened when it is first asked for. */
  lazily<Thing>(open: () => Thing, close: (thing: Thing) => void | Promise<void> = () => undefined): () => Thing {
    let opened: { readonly thing: Thing } | undefined;
    return () => {
      if (opened === undefined) {
        const thing = open();
        opened = { thing };
        this.closers.push(() => close(thing));
      }
      return opened.thing;
    };
  }

  async close(): Promise<void> {
    for (const close of this.closers.reverse()) await close();
  }
}
