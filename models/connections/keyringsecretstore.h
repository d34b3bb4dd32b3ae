// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/secretstore.h"

#include <QHash>

#include <functional>
#include <memory>

namespace QKeychain {
class Job;
}

namespace turnstone {

/// The desktop's keyring (Secret Service or KWallet) through QtKeychain, under the service "turnstone".
///
/// If the keyring is missing, locked or says no, the password is kept in memory until the program ends, and the answer's
/// note says so. A keyring that never answers leaves the future unfinished; nobody waits for it. GUI thread.
class KeyringSecretStore final : public SecretStore
{
    Q_OBJECT

public:
    static constexpr const char *serviceName = "turnstone";

    using SecretStore::SecretStore;

    /// What was kept in memory comes first: it is the newer one.
    [[nodiscard]] QFuture<SecretAnswer> read(const QString &key) override;
    [[nodiscard]] QFuture<SecretAnswer> keep(const QString &key, const QString &secret) override;
    [[nodiscard]] QFuture<SecretAnswer> forget(const QString &key) override;

private:
    template<typename Job>
    QFuture<SecretAnswer> run(Job *job, const QString &key, std::function<SecretAnswer(Job &)> answerOf);

    QHash<QString, QString> m_untilTheEnd;
};

} // namespace turnstone
