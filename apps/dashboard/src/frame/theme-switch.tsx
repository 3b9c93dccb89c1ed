"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { Button } from "../ui/button";
import { Menu, MenuCheck } from "../ui/menu";

const THEMES = [
  { value: "system", label: "As the system", icon: <Monitor /> },
  { value: "light", label: "Light", icon: <Sun /> },
  { value: "dark", label: "Dark", icon: <Moon /> },
];

const never = (): (() => void) => () => {};

export function ThemeSwitch() {
  const { theme = "system", setTheme } = useTheme();
  // The server does not know the theme; both draw the same until the page is alive.
  const isAlive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const current = THEMES.find(({ value }) => isAlive && value === theme) ?? THEMES[0];
  return (
    <Menu
      trigger={
        <Button look="quiet" size="icon" aria-label={`Theme: ${current?.label}`} title="Theme">
          {current?.icon}
        </Button>
      }
    >
      {THEMES.map(({ value, label }) => (
        <MenuCheck key={value} checked={theme === value} onCheckedChange={() => setTheme(value)}>
          {label}
        </MenuCheck>
      ))}
    </Menu>
  );
}
