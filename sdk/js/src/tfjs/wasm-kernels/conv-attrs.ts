import { z } from "zod";

const pair = z.tuple([z.number(), z.number()]);
export const shape4Schema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** Attributes that all gradients of convolutions have. */
export const convAttrsSchema = z.object({
  strides: z.union([z.number(), pair]),
  pad: z.union([z.number(), z.enum(["same", "valid"]), z.tuple([pair, pair, pair, pair])]),
  dimRoundingMode: z.enum(["floor", "round", "ceil"]).optional(),
});
