// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/memorysecretstore.h"

namespace turnstone {

QFuture<SecretAnswer> MemorySecretStore::read(const QString &key)
{
    const auto found = m_secrets.constFind(key);
    return answered({found == m_secrets.cend() ? std::nullopt : std::optional(*found), false, {}});
}

QFuture<SecretAnswer> MemorySecretStore::keep(const QString &key, const QString &secret)
{
    m_secrets.insert(key, secret);
    const QString note = tr("There is no keyring: the password is kept until Turnstone is closed.");
    emit noteRaised(note);
    return answered({std::nullopt, false, note});
}

QFuture<SecretAnswer> MemorySecretStore::forget(const QString &key)
{
    m_secrets.remove(key);
    return answered({});
}

} // namespace turnstone
