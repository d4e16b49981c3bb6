/** A script that does not follow the test language. */
export class ScriptError extends Error {
  readonly lineNumber: number;
  constructor(lineNumber: number, message: string) {
    super(`line ${lineNumber}: ${message}`);
    this.name = 'ScriptError';
    this.lineNumber = lineNumber;
  }
}
