const Code = ({ children }: { children: string }) => <code className="font-mono text-ink text-xs">{children}</code>;

/** What a webhook gets, and how its receiver knows that it comes from here. */
export const WebhookHelp = () => (
  <div className="grid gap-1 rounded-md bg-sunken px-3 py-2 text-soft text-xs">
    <p>
      A webhook gets a POST with the JSON <Code>{"{ delivery, link, alert }"}</Code>. The header{" "}
      <Code>tailbone-delivery</Code> is the same for every attempt of one delivery.
    </p>
    <p>
      It is signed: <Code>tailbone-signature: t=…,v1=…</Code>, where t is the time in seconds since 1970 and v1 is the
      HMAC-SHA256, in hex and under the secret, of <Code>{"<t>.<body>"}</Code>. Refuse what has another signature or an
      old time.
    </p>
  </div>
);
