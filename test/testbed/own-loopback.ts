/** An address of 127.0.0.0/8 that no other test process uses, so that fixed ports can be used there. */

const { pid } = process;

/** 127.64.0.0/10, by the id of this process (22 bits on Linux). */
export const ownLoopback = `127.${64 + ((pid >> 16) & 63)}.${(pid >> 8) & 255}.${pid & 255}`;
