import type { Client, Transaction } from "../server/database";

/** The columns of a `Summary` (packages/series), of a chunk or of a whole series. */
export const summaryColumns = (sql: Client | Transaction) => sql`
  count, nan, pos_inf as "posInf", neg_inf as "negInf", min, max, sum, first, last,
  step_from as "stepFrom", step_to as "stepTo", time_from as "timeFrom", time_to as "timeTo"`;
