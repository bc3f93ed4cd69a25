/** Values of a user in a customer file, by the schema's keys. */
export type FileFields = Readonly<Record<string, string | number>>;
export type FileSchema = Readonly<Record<string, "string" | "number">>;
export type UserType = "app" | "phone";

/** A customer file of a channel (kakao-api.md section 8). */
export interface CustomerFile {
  readonly id: number;
  readonly channelPublicId: string;
  readonly name: string;
  readonly schema: FileSchema;
  /** Uploaded in the partner centre: takes one of the 30 places. */
  readonly byHand: boolean;
  /** Fields of the newest row of each id. Phones as `82…` whichever way they were sent. */
  readonly users: Readonly<Record<UserType, ReadonlyMap<string, FileFields>>>;
  /** Older rows of ids that were added again, where Kakao appends. */
  readonly former: Readonly<Record<UserType, ReadonlyMap<string, readonly FileFields[]>>>;
}

interface StoredFile extends CustomerFile {
  readonly users: Record<UserType, Map<string, FileFields>>;
  readonly former: Record<UserType, Map<string, FileFields[]>>;
}

const firstId = 4_821;

/** The customer files of all channels, their contents readable for tests. */
export class CustomerFiles {
  readonly #files: StoredFile[] = [];
  readonly #malformed = new Set<string>();
  readonly #addingAgain: "overwrite" | "append";

  constructor(addingAgain: "overwrite" | "append") {
    this.#addingAgain = addingAgain;
  }

  /** Of one channel, in the order they were made; of all without one. */
  all(channelPublicId?: string): readonly CustomerFile[] {
    return this.#files.filter((file) => channelPublicId === undefined || file.channelPublicId === channelPublicId);
  }

  get(id: number): CustomerFile | undefined {
    return this.#files.find((file) => file.id === id);
  }

  /** Somebody uploads a file in the partner centre. */
  addByHand(channelPublicId: string, name: string): CustomerFile {
    return this.#make(channelPublicId, name, {}, true);
  }

  create(channelPublicId: string, name: string, schema: FileSchema): CustomerFile {
    return this.#make(channelPublicId, name, schema, false);
  }

  /** From now on Kakao takes every row with this id, in the form that files hold, for malformed, whatever it looks like. */
  refuseUser(id: string): void {
    this.#malformed.add(id);
  }

  isRefused(id: string): boolean {
    return this.#malformed.has(id);
  }

  add(fileId: number, type: UserType, id: string, fields: FileFields): void {
    const { users, former } = this.#stored(fileId);
    const before = users[type].get(id);
    if (before !== undefined && this.#addingAgain === "append") former[type].set(id, [...(former[type].get(id) ?? []), before]);
    users[type].set(id, fields);
  }

  /** False when the id was not there. */
  remove(fileId: number, type: UserType, id: string): boolean {
    const { users, former } = this.#stored(fileId);
    former[type].delete(id);
    return users[type].delete(id);
  }

  #stored(fileId: number): StoredFile {
    const file = this.#files.find(({ id }) => id === fileId);
    if (file === undefined) throw new Error(`there is no file ${fileId}`);
    return file;
  }

  #make(channelPublicId: string, name: string, schema: FileSchema, byHand: boolean): CustomerFile {
    const file: StoredFile = {
      id: firstId + this.#files.length * 7, channelPublicId, name, schema, byHand,
      users: { app: new Map(), phone: new Map() },
      former: { app: new Map(), phone: new Map() },
    };
    this.#files.push(file);
    return file;
  }
}
