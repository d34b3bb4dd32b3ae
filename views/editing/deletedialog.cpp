// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/deletedialog.h"

#include "models/core/async.h"
#include "models/edit/editsession.h"
#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "views/widgets/theme.h"

#include <QCheckBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

DeleteDialog::DeleteDialog(const DatabaseContext &context, const CatalogTable &table, std::vector<RowImage> rows, QWidget *parent)
    : QDialog(parent), m_context(context), m_table(table), m_rows(std::move(rows)), m_text(new QLabel(tr("Counting what belongs to it…"), this)), m_takesAsked(new QCheckBox(tr("&Delete them, too"), this)),
      m_deactivate(new QPushButton(tr("Deactivate instead"), this)), m_delete(new QPushButton(tr("&Delete"), this))
{
    setObjectName(u"deleteDialog"_s);
    setWindowTitle(m_rows.size() == 1 ? tr("Delete %1").arg(m_rows.front().address.text()) : tr("Delete %1 rows of %2").arg(m_rows.size()).arg(table.name));
    setMinimumWidth(scaled(440));
    m_text->setObjectName(u"deleteText"_s);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_takesAsked->setObjectName(u"takesAsked"_s);
    m_takesAsked->hide();
    m_deactivate->setObjectName(u"deactivateInstead"_s);
    m_deactivate->hide();
    m_delete->setObjectName(u"confirmDelete"_s);
    m_delete->setEnabled(false);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"cancelDelete"_s);
    // Enter, pressed before the counts are read, deletes nothing: that takes a word of its own.
    cancel->setDefault(true);
    m_delete->setAutoDefault(false);
    m_deactivate->setAutoDefault(false);
    cancel->setFocus();
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_deactivate);
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(m_delete);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space3);
    layout->addWidget(m_text);
    layout->addWidget(m_takesAsked);
    layout->addStretch(1);
    layout->addLayout(foot);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_takesAsked, &QCheckBox::toggled, this, &DeleteDialog::plan);
    connect(m_deactivate, &QPushButton::clicked, this, &DeleteDialog::deactivate);
    connect(m_delete, &QPushButton::clicked, this, [this] {
        std::vector<std::vector<GoesAlong>> along;
        for (const DeletePlan &each : m_plans)
            along.push_back(each.goesAlong());
        m_context.edits->stageDeletion(m_rows, along);
        accept();
    });
    plan();
}

DeleteDialog::~DeleteDialog()
{
    m_stop.request_stop();
}

void DeleteDialog::plan()
{
    m_stop.request_stop();
    m_stop = {};
    m_delete->setEnabled(false);
    const auto job = [context = m_context, name = m_table.name, schema = m_table.schema, rows = m_rows, takesAsked = m_takesAsked->isChecked()](Connection &connection) -> Result<std::vector<DeletePlan>> {
        std::vector<DeletePlan> plans;
        const CatalogTable *table = context.catalog->table(name, schema);
        for (const RowImage &row : rows) {
            if (row.address.added != 0)
                continue;
            Result<DeletePlan> planned = planDelete(connection, *context.catalog, *context.profile, *table, row.keyColumns, {row.address.key}, takesAsked);
            if (!planned)
                return failure(planned);
            plans.push_back(std::move(*planned));
        }
        return plans;
    };
    onResult(m_context.pool->read(job, m_stop.get_token()), this, [this, token = m_stop.get_token()](const Result<std::vector<DeletePlan>> &plans) {
        if (token.stop_requested())
            return;
        if (plans)
            show(*plans);
        else
            m_text->setText(plans.error().message);
    });
}

void DeleteDialog::show(const std::vector<DeletePlan> &plans)
{
    m_plans = plans;
    DeletePlan all;
    for (const DeletePlan &each : plans) {
        for (const DeleteConsequence &consequence : each.consequences) {
            const auto same = std::ranges::find_if(all.consequences, [&](const DeleteConsequence &other) {
                return other.table == consequence.table && other.columns == consequence.columns && other.does == consequence.does && other.depth == consequence.depth;
            });
            if (same == all.consequences.end())
                all.consequences.push_back(consequence);
            else
                same->rows += consequence.rows;
        }
        all.asks = all.asks || each.asks;
        if (all.refusal.isEmpty())
            all.refusal = each.refusal;
        all.deactivate = each.deactivate;
    }
    const QStringList lines = all.sentences();
    const bool isOpenQuestion = all.asks && !m_takesAsked->isChecked();
    QStringList text;
    text.append(!all.refusal.isEmpty() ? tr("It cannot be deleted: %1").arg(all.refusal) : lines.isEmpty() ? tr("Nothing else belongs to it.") : tr("What belongs to it:"));
    for (const QString &line : lines)
        text.append(u"•  "_s + line);
    text.append(tr("Nothing is written before you save."));
    m_text->setText(text.join(u'\n'));
    m_takesAsked->setVisible(all.asks);
    m_deactivate->setVisible(!all.deactivate.isEmpty());
    m_delete->setEnabled(all.refusal.isEmpty() && !isOpenQuestion);
}

void DeleteDialog::deactivate()
{
    const TableProfile *profile = tableProfile(*m_context.profile, m_table);
    const QJsonObject set = profile ? profile->details.value(u"deactivate"_s).toObject().value(u"set"_s).toObject() : QJsonObject();
    std::vector<RowStep> steps;
    for (const RowImage &row : m_rows) {
        std::vector<std::pair<QString, Value>> values;
        for (auto entry = set.begin(); entry != set.end(); ++entry) {
            const std::optional<Value> value = profileValue(entry.value(), m_table, profile, entry.key(), row.values, QDateTime::currentDateTimeUtc());
            if (value)
                values.emplace_back(entry.key(), *value);
        }
        if (const Result<RowStep> step = m_context.edits->buffer().changeOf(row, values))
            steps.push_back(*step);
    }
    m_context.edits->buffer().stage(tr("Deactivation"), std::move(steps));
    accept();
}

} // namespace turnstone
