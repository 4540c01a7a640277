/** Times and sizes as the server writes them in hints. */

/** `34 ms`, `4.2 s`, `3 min 20 s`. */
export function seconds(time: number): string {
  if (time < 0.9995) {
    return `${(time * 1000).toFixed(0)} ms`;
  }
  if (time < 59.95) {
    return `${time.toFixed(1)} s`;
  }
  const whole = Math.round(time);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `512 B`, `4.1 kB`, `71.3 MB`, in powers of 1000 as docker writes them. */
export function bytes(size: number): string {
  if (size < 1000) {
    return `${size} B`;
  }
  const units = ["kB", "MB", "GB", "TB"];
  let value = size / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `1 step`, `3 steps`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
