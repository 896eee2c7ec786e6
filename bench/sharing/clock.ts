import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../processes.ts'

const source = (seconds: number) => `
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
int gettimeofday(struct timeval *tv, void *tz) {
  long result = syscall(SYS_gettimeofday, tv, tz);
  tv->tv_sec += ${seconds};
  return (int)result;
}
`

/**
 * A command that starts a server whose clock is this many seconds ahead. Redis reads its clock by this one function;
 * the library faketime replaces more functions, with which Redis' allocator fails. Throws without a C compiler.
 */
export const ahead = (seconds: number): readonly string[] => {
  const [file, library] = [join(folder, 'clock.c'), join(folder, 'clock.so')]
  writeFileSync(file, source(seconds))
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, file])
  return ['env', `LD_PRELOAD=${library}`]
}
