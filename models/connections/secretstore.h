// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"

#include <QFuture>
#include <QObject>

#include <optional>

namespace turnstone {

/// What became of a request to a SecretStore. It never fails: where the keyring cannot serve, the
/// secret lives until the program ends, and `note` says so.
struct SecretAnswer
{
    /// read(): what was found. Else empty.
    std::optional<QString> secret;
    /// keep(): it is in the keyring and not only in this program's memory.
    bool isInKeyring = false;
    /// One sentence for the user; empty if all went as asked.
    QString note;
};

/// Keeps passwords, each under a key made by secretKey(). Everything answers later, in the GUI thread, through
/// onResult(); nothing blocks or nests an event loop. Secrets never go to settings, logs or messages.
class SecretStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual QFuture<SecretAnswer> read(const QString &key) = 0;
    [[nodiscard]] virtual QFuture<SecretAnswer> keep(const QString &key, const QString &secret) = 0;
    [[nodiscard]] virtual QFuture<SecretAnswer> forget(const QString &key) = 0;

signals:
    /// With every answer that has a note, whether or not somebody still waits for the answer.
    void noteRaised(const QString &note);

protected:
    static QFuture<SecretAnswer> answered(SecretAnswer answer);
};

/// `user@host:port/database`: the name of a connection's password in the keyring. Host names in small
/// letters, ports written out, several hosts with commas.
[[nodiscard]] QString secretKey(const DatabaseUrl &url);

} // namespace turnstone
