/** The part of istanbul-lib-instrument that is used here; the package brings no types. */
declare module 'istanbul-lib-instrument' {
  type Options = {
    readonly esModules: boolean;
    readonly parserPlugins: readonly string[];
    readonly compact: boolean;
    readonly coverageVariable: string;
  };
  /** Makes programs that count how often each statement, function and branch of them runs. */
  export function createInstrumenter(options: Options): { instrumentSync(code: string, file: string): string };
}
