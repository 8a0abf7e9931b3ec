import { MongoError } from 'mongodb';
import { Connection } from 'mongodb/lib/cmap/connection';

/**
 * Lets commands end whose socket breaks while they are written. The driver (7.9) waits there for `drain` or `error`: of a socket that
 * was closed without an error, or is closed already though `close` is still to come, it hears neither and waits for ever, whatever
 * the timeouts; of an error it throws the one of the socket, which neither it nor anybody else knows to be worth another try.
 * To be called once: it changes the driver of the whole process.
 */
export function endCommandsOfBrokenSockets(): void {
  const { prototype } = Connection;
  const { writeCommand } = prototype;
  prototype.writeCommand = async function (command, options) {
    const closed = Promise.withResolvers<undefined>();
    const onClose = () => {
      closed.resolve(undefined);
    };
    this.socket.once('close', onClose);
    try {
      // What follows a write throws first of all what `error` and `close` have left in the connection.
      await Promise.race([writeCommand.call(this, command, options), closed.promise]);
    } catch (err) {
      throw err instanceof MongoError ? err : (this.error ?? err);
    } finally {
      this.socket.off('close', onClose);
    }
  };
}
