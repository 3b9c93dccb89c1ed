/** A set of series that are logged together, in the order in which the script names them. */
export interface Shape {
  readonly id: number;
  readonly names: readonly string[];
  /** The pin (see `Run.pinStep`) under which it was last logged. */
  pin: number;
}

interface Node {
  readonly next: Map<string, Node>;
  shape: Shape | null;
}

const emptyNode = (): Node => ({ next: new Map(), shape: null });

/** The shapes of a run, found by their names through a trie. */
export class Shapes {
  readonly #root = emptyNode();
  readonly #all: Shape[] = [];

  get all(): readonly Shape[] {
    return this.#all;
  }

  /** The shape of exactly these names in this order, or null when it has not been added. */
  find(names: readonly string[]): Shape | null {
    let node: Node | undefined = this.#root;
    for (const name of names) {
      node = node.next.get(name);
      if (node === undefined) return null;
    }
    return node.shape;
  }

  /** The shape of a plain object's keys, or null. Says nothing about its values. */
  findKeys(object: object): Shape | null {
    let node: Node | undefined = this.#root;
    for (const name in object) {
      node = node.next.get(name);
      if (node === undefined) return null;
    }
    return node.shape;
  }

  add(names: readonly string[]): Shape {
    let node = this.#root;
    for (const name of names) {
      let next = node.next.get(name);
      if (next === undefined) {
        next = emptyNode();
        node.next.set(name, next);
      }
      node = next;
    }
    const shape: Shape = { id: this.#all.length, names, pin: -1 };
    node.shape = shape;
    this.#all.push(shape);
    return shape;
  }
}
