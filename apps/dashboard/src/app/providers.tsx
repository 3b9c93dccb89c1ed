"use client";
import { RETRYABLE } from "@tailbone/protocol/errors";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider } from "next-themes";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { Toaster, toast } from "sonner";
import { leaveForSignIn } from "../api/auth";
import { toTailboneError } from "../api/client";
import { HintProvider } from "../ui/hint";

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // Never held back because the browser believes to be offline: what cannot be read says so.
        networkMode: "always",
        retry: (failures, error) => failures < 2 && RETRYABLE[toTailboneError(error).code],
      },
    },
    queryCache: new QueryCache({
      onError: (error) => {
        if (toTailboneError(error).code === "unauthenticated") leaveForSignIn();
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.says === "itself") return;
        const { code, message, hint } = toTailboneError(error);
        if (code === "unauthenticated") leaveForSignIn();
        else toast.error(message, { description: hint });
      },
    }),
  });
}

export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce === undefined ? {} : { nonce })}>
      <QueryClientProvider client={client}>
        <NuqsAdapter>
          <HintProvider>{children}</HintProvider>
        </NuqsAdapter>
        <Toaster
          position="bottom-right"
          theme="system"
          toastOptions={{
            style: { background: "var(--panel)", color: "var(--ink)", borderColor: "var(--line-strong)" },
          }}
        />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
