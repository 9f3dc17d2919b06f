// Whose something is.
import { describe, expect, test } from "bun:test";
import { networkOf, ownerOf } from "../../../src/policy/owner.ts";

describe("a network", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2:ffff:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:1::", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    [null, "unknown"],
  ])("of %p is %p", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("an owner", () => {
  const owner = (subject: string | null, issuer: string | null, address = "192.0.2.7") =>
    ownerOf({ subject, issuer, roles: [] }, address);

  test("is the identity, wherever it comes from", () => {
    expect(owner("ann", "https://one.example", "192.0.2.1")).toBe(owner("ann", "https://one.example", "192.0.2.2"));
    expect(owner("ann", "https://one.example")).not.toBe(owner("ann", "https://two.example"));
    expect(owner("ann", "https://one.example")).not.toBe(owner("bob", "https://one.example"));
    expect(owner('x","y', "z")).not.toBe(owner("x", 'y","z'));
  });

  test("is else the network", () => {
    expect(owner(null, null)).toBe("192.0.2.7");
    expect(owner("192.0.2.7", null)).not.toBe("192.0.2.7");
  });
});
