// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/secretstore.h"

#include <QHash>

namespace turnstone {

/// Keeps passwords until the program ends: for desktops without a keyring and for tests.
class MemorySecretStore final : public SecretStore
{
    Q_OBJECT

public:
    using SecretStore::SecretStore;

    [[nodiscard]] QFuture<SecretAnswer> read(const QString &key) override;
    /// The note says that the password goes when the program does.
    [[nodiscard]] QFuture<SecretAnswer> keep(const QString &key, const QString &secret) override;
    [[nodiscard]] QFuture<SecretAnswer> forget(const QString &key) override;

private:
    QHash<QString, QString> m_secrets;
};

} // namespace turnstone
