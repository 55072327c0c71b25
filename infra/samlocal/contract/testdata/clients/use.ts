// A bank's program on the types that openapi-typescript writes of the description.
import createClient from "openapi-fetch";
import type { components, paths, webhooks } from "./bank";

const api = createClient<paths>({ baseUrl: "http://127.0.0.1" });

export async function newest(bank: string): Promise<components["schemas"]["Dispute"] | undefined> {
  const { data, error } = await api.GET("/v1/banks/{bank}/disputes", { params: { path: { bank }, query: { limit: 1 } } });
  if (error) {
    throw new Error(error.code);
  }
  return data.disputes[0];
}

type Opened = NonNullable<webhooks["dispute.opened"]["post"]["requestBody"]>["content"]["application/json"];

export function number(told: Opened): string {
  return `${told.reference} ${told.amount ?? 0}`;
}
