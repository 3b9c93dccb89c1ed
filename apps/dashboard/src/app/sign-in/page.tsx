import type { Metadata } from "next";
import { SignIn } from "../../sign-in/sign-in";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ next?: string; error?: string }> };

export default async function SignInPage({ searchParams }: Props) {
  const { next, error } = await searchParams;
  return <SignIn next={next ?? null} error={error ?? null} />;
}
