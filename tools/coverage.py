"""How much of src/ the tests run: `tools/coverage [--read BUILD]`, which installs what is missing first.

Builds with gcov's counters in build-coverage, runs every test but the documents', and prints for each room and file of src/ how many lines and
branches were run, which were not, and why not: docs/coverage.md has the reasons. With --read the counters that lie in BUILD are
only read. Exits with 1 where fewer than 98 % of the lines or 90 % of the branches were run, a test failed, or one of the reasons
explains nothing any more.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEAST_LINES, LEAST_BRANCHES = 98.0, 90.0
# gcov sees branches in what the compiler makes of an OpenMP loop: how its turns are dealt to threads is not ours to test.
NOT_OURS = re.compile(r'^\s*#pragma omp')

Line = collections.namedtuple('Line', 'number text run branches taken')


def build_and_test(build):
    """Every test, with counters; how the tests ended."""
    if not build.is_dir():
        # Threads count, too: atomically. Without optimisation a line stays a line and a branch a branch.
        subprocess.run(['meson', 'setup', build, ROOT, '--buildtype=debug', '-Db_coverage=true',
                        '-Dc_args=-fprofile-update=atomic'], check=True, env=dict(os.environ, CC='gcc'))
    for counters in build.rglob('*.gcda'):
        counters.unlink()
    subprocess.run(['meson', 'compile', '-C', build], check=True)
    # The documents' command lines have times of their own to end in, too short for a build without optimisation.
    return subprocess.run(['meson', 'test', '-C', build, '--no-rebuild', '--print-errorlogs', '-t', '5',
                           '--no-suite', 'documents']).returncode


def read_counters(build):
    """Of each file of src/ the lines that gcov counts."""
    report = subprocess.run(['gcovr', '--root', ROOT, '--object-directory', build, '--filter', 'src/', '--json', '-'],
                            check=True, capture_output=True, text=True, cwd=ROOT)
    files = {}
    for file in json.loads(report.stdout)['files']:
        text = (ROOT / file['file']).read_text().splitlines()
        lines = []
        for line in file['lines']:
            source = text[line['line_number'] - 1]
            if line.get('gcovr/noncode') or NOT_OURS.match(source):
                continue
            branches = line['branches']
            lines.append(Line(line['line_number'], source.strip(), line['count'] > 0, len(branches),
                              sum(branch['count'] > 0 for branch in branches)))
        files[file['file']] = lines
    return files


def explanations():
    """The table of docs/coverage.md: what the file's name and the text of the line match, and the reason."""
    row = re.compile(r'^\| `([^`]+)` \| `([^`]+)` \| (.+) \|$', re.M)
    text = (ROOT / 'docs' / 'coverage.md').read_text()
    return [(re.compile(file.replace('\\|', '|')), re.compile(line.replace('\\|', '|')), reason)
            for file, line, reason in row.findall(text)]


def is_whole(line):
    return line.run and line.taken == line.branches


def explain(name, lines, reasons):
    """Of each line that is not run in full the number of its reason, counted from 1; 0 where there is none."""
    # A sentence goes on for some lines: what is not run belongs to what stands before it.
    given, found = {}, 0
    for line in lines:
        if is_whole(line):
            found = 0
            continue
        own = next((k + 1 for k, (file, text, _) in enumerate(reasons)
                    if file.fullmatch(name) and text.search(line.text)), 0)
        found = own or (0 if line.run else found)
        given[line.number] = found
    return given


def percent(part, whole):
    return 100.0 if whole == 0 else 100.0 * part / whole


def figures(lines):
    run, branches, taken = (sum(line[k] for line in lines) for k in (2, 3, 4))
    return run, len(lines), percent(run, len(lines)), taken, branches, percent(taken, branches)


def ranges(numbers):
    """1, 2, 3, 7 as 1-3, 7"""
    parts = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ', '.join(f'{a}' if a == b else f'{a}-{b}' for a, b in parts)


def print_row(name, lines):
    run, all_lines, of_lines, taken, branches, of_branches = figures(lines)
    print(f'{name:40} {run:6} of {all_lines:6}  {of_lines:5.1f} %   {taken:6} of {branches:6}  {of_branches:5.1f} %')


def print_file(name, lines):
    print_row('  ' + name, lines)
    missed = [line.number for line in lines if not line.run]
    halves = [f'{line.number} ({line.branches - line.taken} of {line.branches})' for line in lines
              if line.run and line.taken < line.branches]
    if missed:
        print(f'      lines not run: {ranges(missed)}')
    if halves:
        print(f'      branches not taken, at lines: {", ".join(halves)}')


def print_reasons(files, reasons):
    """How much of what was not run each reason explains, and what none does. Returns the reasons that explain nothing."""
    lines, branches = [0] * (len(reasons) + 1), [0] * (len(reasons) + 1)
    unexplained = []
    for name, members in files.items():
        given = explain(name, members, reasons)
        for line in members:
            if is_whole(line):
                continue
            reason = given[line.number]
            lines[reason] += not line.run
            branches[reason] += line.branches - line.taken
            if reason == 0:
                what = 'not run' if not line.run else f'{line.branches - line.taken} of {line.branches}'
                unexplained.append(f'  {name}:{line.number} ({what}): {line.text}')
    print('\nNot run, by the reasons of docs/coverage.md: lines, branches')
    for k, (_, _, reason) in enumerate(reasons):
        print(f'{lines[k + 1]:6} {branches[k + 1]:6}  {reason}')
    print(f'{lines[0]:6} {branches[0]:6}  without a reason')
    print('\n'.join(unexplained))
    return [reason for k, (_, _, reason) in enumerate(reasons) if lines[k + 1] + branches[k + 1] == 0]


def print_rooms(files):
    rooms = collections.defaultdict(dict)
    for name, lines in files.items():
        rooms[name.split('/')[1]][name] = lines
    print(f'{"":40} {"lines run":>26}   {"branches taken":>26}')
    for room, members in sorted(rooms.items()):
        print_row(f'src/{room}/', [line for lines in members.values() for line in lines])
        for name, lines in sorted(members.items()):
            print_file(name.split('/', 2)[2], lines)
    print()
    for room, members in sorted(rooms.items()):
        print_row(f'src/{room}/', [line for lines in members.values() for line in lines])


def main(arguments):
    if arguments[:1] == ['--read'] and len(arguments) == 2:
        build, status = pathlib.Path(arguments[1]), 0
    elif not arguments:
        build = ROOT / 'build-coverage'
        status = build_and_test(build)
    else:
        sys.exit(__doc__)
    files = read_counters(build.resolve())
    print_rooms(files)
    everything = [line for lines in files.values() for line in lines]
    print_row('src/', everything)
    complaints = [f'docs/coverage.md: this explains nothing any more: {reason}'
                  for reason in print_reasons(files, explanations())]
    _, _, of_lines, _, _, of_branches = figures(everything)
    if not of_lines >= LEAST_LINES:
        complaints.append(f'fewer than {LEAST_LINES:g} % of the lines were run')
    if not of_branches >= LEAST_BRANCHES:
        complaints.append(f'fewer than {LEAST_BRANCHES:g} % of the branches were taken')
    if status:
        complaints.append('a test failed')
    for complaint in complaints:
        print(complaint)
    sys.exit(bool(complaints))


if __name__ == '__main__':
    main(sys.argv[1:])
