import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, ink, inkOn, named, paper, readable, seriesColors, type Theme } from "./color";

const themes: Theme[] = ["dark", "light"];

test("names give Grafana's colours of each theme", () => {
  assert.equal(named("green", "dark"), "#73BF69");
  assert.equal(named("green", "light"), "#56A64B");
  assert.equal(named("yellow", "dark"), "#FADE2A");
  assert.equal(named("orange", "light"), "#FF780A");
  assert.equal(named("dark-red", "dark"), "#C4162A");
  assert.equal(named("#123abc", "dark"), "#123abc");
  assert.equal(named("text", "light"), ink.light);
});

test("anything else gives none", () => {
  for (const name of ["", undefined, "transparent", "url(x)", "very-dark-red", "constructor"]) assert.equal(named(name, "dark"), undefined, name);
});

test("text in any colour can be read", () => {
  for (const theme of themes) {
    assert.ok(contrast(ink[theme], paper[theme]) >= 7);
    for (const name of ["green", "yellow", "orange", "red", "blue", "purple", "super-light-yellow"]) {
      assert.ok(contrast(readable(named(name, theme)!, theme), paper[theme]) >= 4.5, `${name} ${theme}`);
      assert.ok(contrast(inkOn(named(name, theme)!), named(name, theme)!) >= 4.5, `on ${name} ${theme}`);
    }
  }
});

test("series differ on a panel, keep their colours, and are seen against the paper", () => {
  const names = ["direct", "search", "social", "mail", "ads", "video"];
  for (const theme of themes) {
    const colors = seriesColors(names, theme);
    assert.equal(new Set(colors.values()).size, names.length);
    assert.deepEqual(seriesColors(names, theme), colors);
    for (const color of colors.values()) assert.ok(contrast(color, paper[theme]) >= 3, `${color} ${theme}`);
  }
});

/** A colour as linear light. */
const linear = (hex: string) =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));

const times = (rows: number[][], by: number[]) => rows.map((row) => row.reduce((sum, factor, i) => sum + factor * by[i]!, 0));

/** What eyes make of linear light, by Machado, Oliveira and Fernandes (2009) at full severity. */
const eyes: Record<string, number[][]> = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** How different two colours look to such eyes: their distance in OKLab, black to white being 1. */
function distance(a: string, b: string, eye: number[][]): number {
  const [x, y] = [a, b].map((hex) => {
    const seen = times(eye, linear(hex)).map((part) => Math.min(1, Math.max(0, part)));
    const cones = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], seen).map(Math.cbrt);
    return times([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]], cones);
  }) as [number[], number[]];
  return Math.hypot(...x.map((part, i) => part - y[i]!));
}

test("eight series are told apart with every kind of colour vision", () => {
  for (const theme of themes) {
    const found = [...new Set(seriesColors(Array.from({ length: 40 }, (_, i) => `s${i}`), theme).values())];
    assert.equal(found.length, 8);
    for (const [kind, eye] of Object.entries(eyes)) {
      for (const [i, one] of found.entries()) {
        for (const other of found.slice(i + 1)) assert.ok(distance(one, other, eye) >= 0.075, `${one} ${other} ${kind} ${distance(one, other, eye)}`);
      }
    }
  }
});

test("no series looks like a tier", () => {
  for (const theme of themes) {
    for (const color of seriesColors(Array.from({ length: 40 }, (_, i) => `s${i}`), theme).values()) {
      for (const tier of ["yellow", "orange", "red"]) assert.ok(distance(color, named(tier, theme)!, eyes["usual"]!) >= 0.12, `${color} ${tier}`);
    }
  }
});
