import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A small Linux machine as files below a folder of its own, for `createSources({ root })`. */
export interface MachineFixture {
  readonly root: string;
  write(file: string, text: string): void;
  remove(file: string): void;
  addProcess(process: FixtureProcess): void;
  delete(): void;
}

export interface FixtureProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly startTicks: number;
  readonly uid?: number;
  readonly flags?: number;
  readonly executable?: string;
  readonly commandLine?: string;
  readonly socketInodes?: readonly string[];
}

const SOCKETS = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

export function listeningLine(hexAddress: string, inode: string): string {
  return `   0: ${hexAddress} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100\n`;
}

export function createMachine(): MachineFixture {
  const root = mkdtempSync(path.join(tmpdir(), 'machine-'));
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const addProcess = (one: FixtureProcess): void => {
    const folder = `/proc/${one.pid}`;
    const { uid = 0, flags = 0, executable = '/usr/bin/service' } = one;
    const name = executable.split('/').at(-1) ?? '';
    write(
      `${folder}/stat`,
      `${one.pid} (${name}) S ${one.parentPid} ${one.pid} 1 0 -1 ${flags} ${'0 '.repeat(12)}${one.startTicks} 1 1\n`,
    );
    write(`${folder}/status`, `Name:\t${name}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    write(`${folder}/cmdline`, one.commandLine ?? `${executable}\0`);
    write(`${folder}/environ`, 'PASSWORD=of-the-environment\0');
    symlinkSync(executable, path.join(root, folder, 'exe'));
    mkdirSync(path.join(root, folder, 'fd'));
    (one.socketInodes ?? []).forEach((inode, index) => {
      symlinkSync(`socket:[${inode}]`, path.join(root, folder, 'fd', String(index)));
    });
  };

  write('/etc/machine-id', 'feedfeedfeedfeedfeedfeedfeedfeed\n');
  write('/etc/os-release', 'NAME="Test Linux"\nID=test\nVERSION_ID="1"\nPRETTY_NAME="Test Linux 1"\n');
  write('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000:Ada:/home/ada:/bin/bash\n');
  write('/etc/group', 'root:x:0:\nsudo:x:27:ada,nobody-known\nada:x:1000:\n');
  write('/etc/shadow', 'root:$6$secret-hash:1:0:1:7:::\n');
  write(
    '/proc/self/mounts',
    '/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n//u:mount-secret@nas/x /mnt/x cifs rw 0 0\n',
  );
  write('/proc/stat', 'btime 1700000000\n');
  write('/proc/sys/kernel/random/boot_id', 'boot-1\n');
  write('/sys/block/sda/size', '2048\n');
  write('/sys/block/sda/sda1/partition', '1\n');
  write('/sys/block/loop0/size', '2048\n');
  write(
    '/var/lib/dpkg/status',
    [
      'Package: service\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nSection: net\nDepends: libx, absent',
      'Package: libx\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\nSection: libs',
      '',
    ].join('\n\n'),
  );
  write('/var/lib/dpkg/info/service.list', '/.\n/bin\n/bin/service\n');
  write('/var/lib/dpkg/info/libx:amd64.list', '/usr/lib/libx.so\n');
  write('/proc/net/tcp', SOCKETS + listeningLine('0100007F:1F90', '501') + listeningLine('00000000:1F91', '502'));
  addProcess({ pid: 1, parentPid: 0, startTicks: 1, executable: '/sbin/init' });
  addProcess({ pid: 2, parentPid: 0, startTicks: 1, flags: 0x00200000 });
  addProcess({
    pid: 40,
    parentPid: 1,
    startTicks: 5_000,
    uid: 1000,
    commandLine: '/usr/bin/service\0--password\0of-the-command-line\0',
    socketInodes: ['501'],
  });
  addProcess({ pid: 90, parentPid: 1, startTicks: 100_000, executable: '/usr/bin/demo' });
  addProcess({ pid: 91, parentPid: 90, startTicks: 100_100, executable: '/usr/bin/mongod', socketInodes: ['502'] });
  return {
    root,
    write,
    remove: (file) => rmSync(path.join(root, file), { recursive: true }),
    addProcess,
    delete: () => rmSync(root, { recursive: true, force: true }),
  };
}
