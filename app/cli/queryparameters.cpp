// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/queryparameters.h"

#include <QCoreApplication>

namespace turnstone::cli {

using namespace Qt::StringLiterals;

namespace {

struct QueryParametersText
{
    Q_DECLARE_TR_FUNCTIONS(QueryVerb)
};

Value valueOf(const QString &text, Engine engine)
{
    bool isInteger = false;
    const qlonglong number = text.toLongLong(&isInteger);
    if (engine == Engine::Sqlite && isInteger && QString::number(number) == text)
        return Value::integer(number);
    bool isReal = false;
    const double real = text.toDouble(&isReal);
    if (engine == Engine::Sqlite && isReal && text.contains(u'.'))
        return Value::real(real);
    return Value::text(text);
}

} // namespace

Result<Parameters> parametersFrom(const std::vector<std::string> &words, Engine engine)
{
    Parameters parameters;
    for (const std::string &word : words) {
        const QString text = QString::fromStdString(word);
        const qsizetype equals = text.indexOf(u'=');
        if (equals < 1)
            return failure(ErrorCode::InvalidInput, QueryParametersText::tr("--param takes a name and a value, as in --param n=5"));
        parameters.named[text.left(equals)] = valueOf(text.mid(equals + 1), engine);
    }
    return parameters;
}

Result<const CatalogTable *> tableNamed(const KnownDatabase &known, const QString &name)
{
    if (const CatalogTable *table = known.catalog.table(name, known.profile.schema))
        return table;
    if (const CatalogTable *table = known.catalog.table(name))
        return table;
    const qsizetype dot = name.indexOf(u'.');
    if (dot > 0) {
        if (const CatalogTable *table = known.catalog.table(name.mid(dot + 1), name.left(dot)))
            return table;
    }
    return failure(ErrorCode::NotFound, QueryParametersText::tr("there is no table %1").arg(name));
}

} // namespace turnstone::cli
