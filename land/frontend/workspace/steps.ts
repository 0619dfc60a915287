/** Undo and redo over whole states: what comes back is what was there, to the last digit. Pure. */
export class Steps<S> {
  private past: S[] = [];
  private future: S[] = [];
  private present: S;

  constructor(start: S) {
    this.present = start;
  }

  get now(): S {
    return this.present;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** A new state; what was undone before it is gone. */
  push(state: S): void {
    this.past.push(this.present);
    this.present = state;
    this.future = [];
  }

  /** Another present in place of this one: letters typed into one field are one step. */
  amend(state: S): void {
    this.present = state;
    this.future = [];
  }

  undo(): boolean {
    return this.move(this.past, this.future);
  }

  redo(): boolean {
    return this.move(this.future, this.past);
  }

  private move(from: S[], to: S[]): boolean {
    const state = from.pop();
    if (state === undefined) return false;
    to.push(this.present);
    this.present = state;
    return true;
  }
}
