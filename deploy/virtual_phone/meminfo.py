"""`dumpsys meminfo`: the table of a process's memory, before and since Android 12 (samples in flutter's tools)."""

from __future__ import annotations

from deploy.virtual_phone.state import PhoneState

FIRST_RSS_SDK = 31


def meminfo(phone: PhoneState, arguments: list[str]) -> list[str]:
    """In KiB; of a running app: the memory that the last benchmark's process held, or what an app that idles holds."""
    uptime = int(phone.uptime_s * 1000)
    head = ["Applications Memory Usage (in Kilobytes):", f"Uptime: {uptime} Realtime: {uptime}"]
    if not arguments:
        return [*head, "", f"Total RAM: {phone.memory_kb:,}K (status normal)"]
    wanted = arguments[-1]
    name = next((name for name, pid in phone.processes.items() if wanted in (name, str(pid))), None)
    if name is None:
        return [f"No process found for: {wanted}"]
    total = phone.resident.get(name, 90 * 2**20) // 1024
    native, java, code = total * 5 // 10, total // 10, total * 3 // 10
    other = total - native - java - code
    rss = phone.sdk >= FIRST_RSS_SDK
    mapped = (
        ("  Native Heap", native),
        ("  Dalvik Heap", java),
        ("     .so mmap", code),
        ("      Unknown", other),
        ("        TOTAL", total),
    )
    columns = [
        ["                   Pss  Private  Private  SwapPss", "      Rss", "     Heap     Heap     Heap"],
        ["                 Total    Dirty    Clean    Dirty", "    Total", "     Size    Alloc     Free"],
        ["                ------   ------   ------   ------", "   ------", "   ------   ------   ------"],
    ]
    body = [
        f"{row} {size:8d} {size * 9 // 10:8d} {size // 20:8d} {0:8d}"
        + (f" {size * 12 // 10:8d}" if rss else "")
        + (f" {size * 2:8d} {size:8d} {size:8d}" if "Heap" in row or "TOTAL" in row else "")
        for row, size in mapped
    ]
    parts = (
        ("Java Heap", java),
        ("Native Heap", native),
        ("Code", code),
        ("Stack", 512),
        ("Graphics", 0),
        ("Private Other", other),
    )
    summary = [f"{part + ':':>21} {size:8d}" + (f"{' ':23}{size * 12 // 10:8d}" if rss else "") for part, size in parts]
    title = " App Summary\n                       Pss(KB)" + (f"{' ':24}Rss(KB)" if rss else "")
    rule = "                        ------" + (f"{' ':25}------" if rss else "")
    last = (
        f"           TOTAL PSS: {total:8d}            TOTAL RSS: {total * 12 // 10:8d}       TOTAL SWAP PSS: {0:8d}"
        if rss
        else f"               TOTAL: {total:8d}       TOTAL SWAP PSS: {0:8d}"
    )
    pid = phone.processes[name]
    table = ["".join(part for place, part in enumerate(row) if rss or place != 1) for row in columns]
    return [*head, "", f"** MEMINFO in pid {pid} [{name}] **", *table, *body, " ", title, rule, *summary, " ", last]
