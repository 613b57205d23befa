/** `<epoch>-<id>` on the wire, two numbers inside. The form was checked by the contract. */
export function parseLease(text: string): { epoch: number; id: number } {
  const [epoch = "", id = ""] = text.split("-");
  return { epoch: Number(epoch), id: Number(id) };
}

export const leaseText = (key: { epoch: number; id: number }): string => `${key.epoch}-${key.id}`;
