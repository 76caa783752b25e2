// What the kernel has booked for processes: processor time and memory, from /proc.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const TICK = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

// The fields after the name, which is in brackets and may hold anything.
function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [user, system, childrenUser, childrenSystem] = rest.slice(9, 13);
  return { parent, own: (user + system) * TICK, ended: (childrenUser + childrenSystem) * TICK };
}

/** Milliseconds of processor time a process has used. */
export const cpu = (pid) => stat(pid).own;

/** The same for a process, its children, and those of them that have ended meanwhile. */
export function cpuOfFamily(pid) {
  let total = 0;
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const one = stat(entry);
      if (Number(entry) === pid || one.parent === pid) total += one.own + one.ended;
    } catch {
      // ended between the listing and the reading: its time is in its parent's
    }
  }
  return total;
}

/** Megabytes of memory: now, and at most so far. */
export function memory(pid) {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name) => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)[1]) * 1024) / 1e6;
  return { now: megabytes("VmRSS"), most: megabytes("VmHWM") };
}
