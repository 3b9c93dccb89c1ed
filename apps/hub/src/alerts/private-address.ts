import { BlockList, isIP } from "node:net";

const blocked = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  blocked.addSubnet(net, bits, "ipv4");
}
// Of IPv6 only what is given out to be reached from anywhere counts as public, and of that not what leads back to IPv4.
const publicSix = new BlockList();
publicSix.addSubnet("2000::", 3, "ipv6");
const blockedSix = new BlockList();
blockedSix.addSubnet("2001::", 23, "ipv6");
blockedSix.addSubnet("2001:db8::", 32, "ipv6");
blockedSix.addSubnet("2002::", 16, "ipv6");
blockedSix.addSubnet("3fff::", 20, "ipv6");

/** Whether an address leads into the hub's own machine or network, or nowhere. What is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return blocked.check(address, "ipv4");
  if (family === 6) return !publicSix.check(address, "ipv6") || blockedSix.check(address, "ipv6");
  return true;
}
