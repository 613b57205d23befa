import { once } from "node:events";
import PDFDocument from "pdfkit";

/** A made-up invoice as a person would print one: labels beside, above and before their values. */
export async function invoicePdf(number = "2026-0173"): Promise<Buffer> {
  const pdf = new PDFDocument({ size: "A4", margin: 50 });
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pdf, "end");
  const put = (text: string, x: number, y: number): void => {
    pdf.text(text, x, y, { lineBreak: false });
  };
  pdf.fontSize(22);
  put("INVOICE", 50, 50);
  pdf.fontSize(10);
  put("Nordlicht Instruments GmbH, Hafenstr. 4, 20457 Hamburg", 50, 85);
  put("VAT ID DE123456789", 50, 99);
  const facts = [
    ["Invoice number:", number],
    ["Invoice date:", "3 March 2026"],
    ["Due date:", "2 April 2026"],
  ] as const;
  for (const [index, [label, value]] of facts.entries()) {
    put(label, 350, 120 + 16 * index);
    put(value, 460, 120 + 16 * index);
  }
  put("Bill to", 50, 180);
  put("Aurelia Cardio Ltd, 12 Quay Street, Dublin", 50, 194);
  const sums = [
    ["Subtotal", "€ 1,050.00"],
    ["VAT 19 %", "€ 199.50"],
    ["Total due", "€ 1,249.50"],
  ] as const;
  for (const [index, [label, value]] of sums.entries()) {
    put(label, 290, 320 + 18 * index);
    put(value, 410, 320 + 18 * index);
  }
  put("Please pay to IBAN DE89 3704 0044 0532 0130 00. Payment outstanding.", 50, 420);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** `fields/study.yaml` of a pack made from the one for papers: what an invoice is asked for. */
export const invoiceFields = `name: study
title: Invoice
fields:
  - name: number
    title: Invoice number
    type: text
    required: true
    description: The number of the invoice.
    hints: { labels: { en: [Invoice number, Invoice No.], de: [Rechnungsnummer] } }
  - name: date
    title: Date
    type: date
    required: true
    description: The date of the invoice.
    hints: { labels: { en: [Invoice date, Date], de: [Rechnungsdatum] } }
  - name: due
    title: Due
    type: date
    description: When it has to be paid.
    hints: { labels: { en: [Due date], de: [Zahlbar bis] } }
  - name: total
    title: Total
    type: money
    required: true
    description: What has to be paid, tax included.
    hints: { labels: { en: [Total due, Grand total, Total], de: [Gesamtbetrag] } }
  - name: vat_id
    title: VAT ID
    type: text
    description: The seller's VAT number.
    hints: { patterns: [vat_id] }
  - name: iban
    title: IBAN
    type: text
    description: The account to pay to.
    hints: { patterns: [iban] }
  - name: paid
    title: Paid
    type: boolean
    description: Whether it has been paid.
    hints: { "yes": [paid in full], "no": [payment outstanding] }
  - name: discount
    title: Discount
    type: money
    description: What is taken off.
    hints: { labels: { en: [Discount, Rebate] } }
`;

/** What stands on it, by field. */
export const invoiceFacts = {
  number: "2026-0173",
  date: "2026-03-03",
  due: "2026-04-02",
  total: { amount: 1249.5, currency: "EUR" },
  vat_id: "DE123456789",
  iban: "DE89 3704 0044 0532 0130 00",
  paid: false,
  discount: null,
};
