// Imported before all else and written for old versions too: they must live to say the sentence.
const floor = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < floor[0] || (major === floor[0] && minor < floor[1])) {
  process.stderr.write(
    `Pilotlight needs Node ${floor.join(".")} or newer, and this is ${process.versions.node}: see https://nodejs.org\n`,
  );
  process.exit(2);
}
