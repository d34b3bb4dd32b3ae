// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/prices/pricedialog.h"

#include "models/core/async.h"
#include "views/widgets/theme.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QThreadPool>
#include <QUrl>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <cmath>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { Model, From, Input, Output, Source, ColumnCount };

constexpr QSize usualSize(720, 460);

} // namespace

PriceDialog::PriceDialog(QThreadPool &workers, const QString &path, QWidget *parent)
    : QDialog(parent), m_workers(workers), m_path(path), m_table(new QTableWidget(0, ColumnCount, this)), m_problem(new QLabel(this))
{
    setObjectName(u"priceDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Edit prices"));
    resize(usualSize * zoom());
    auto *about = new QLabel(tr("US dollars for a million tokens, from a day on. * stands for anything in a model's name; the closest name wins. "
                                "Your prices come first; the grey ones come with the program and are used for models that you do not list. "
                                "Every other model has no known price."), this);
    about->setWordWrap(true);
    m_table->setObjectName(u"prices"_s);
    m_table->setAccessibleName(tr("Prices"));
    m_table->setHorizontalHeaderLabels({tr("Model"), tr("From day"), tr("Tokens in, $"), tr("Tokens out, $"), tr("Source")});
    m_table->horizontalHeader()->setSectionResizeMode(Model, QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_problem->setObjectName(u"priceProblem"_s);
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto *add = new QPushButton(tr("Add a price"), this);
    add->setObjectName(u"addPrice"_s);
    auto *remove = new QPushButton(tr("Remove"), this);
    remove->setObjectName(u"removePrice"_s);
    auto *buttons = new QDialogButtonBox(this);
    QPushButton *save = buttons->addButton(tr("Save prices"), QDialogButtonBox::AcceptRole);
    save->setObjectName(u"savePrices"_s);
    buttons->addButton(QDialogButtonBox::Cancel);
    auto *row = new QHBoxLayout;
    row->addWidget(add);
    row->addWidget(remove);
    row->addStretch(1);
    row->addWidget(buttons);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(about);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_problem);
    layout->addLayout(row);
    connect(add, &QPushButton::clicked, this, [this] { addModel({}); });
    connect(remove, &QPushButton::clicked, this, [this] {
        if (const int at = m_table->currentRow(); at >= 0 && at < m_own) {
            m_table->removeRow(at);
            --m_own;
        }
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &PriceDialog::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    const PriceList &builtIn = PriceList::builtIn();
    for (std::size_t i = 0; i < builtIn.prices().size(); ++i) {
        if (!builtIn.prices()[i].model.contains(u'/')) // the same under a vendor's or a router's name
            addBuiltIn(builtIn.prices()[i], builtIn.source(i));
    }
    m_table->resizeColumnToContents(Source);
    load();
}

void PriceDialog::load()
{
    onResult(QtConcurrent::run(&m_workers, [path = m_path] { return PriceList::read(path); }), this, [this](const Result<PriceList> &list) {
        if (!list) {
            m_problem->setText(list.error().message + u' ' + list.error().detail);
            m_problem->show();
            return;
        }
        for (const ModelPrice &price : list->prices())
            addRow(price, false);
    });
}

void PriceDialog::addRow(const ModelPrice &price, bool isNew)
{
    const int row = m_own++;
    m_table->insertRow(row);
    const auto number = [isNew](double value) { return isNew ? QString() : QString::number(value, 'g', std::numeric_limits<double>::digits10); };
    m_table->setItem(row, Model, new QTableWidgetItem(price.model));
    m_table->setItem(row, From, new QTableWidgetItem(price.from));
    m_table->setItem(row, Input, new QTableWidgetItem(number(price.input)));
    m_table->setItem(row, Output, new QTableWidgetItem(number(price.output)));
    auto *source = new QTableWidgetItem(tr("yours"));
    source->setFlags(source->flags() & ~Qt::ItemIsEditable);
    m_table->setItem(row, Source, source);
}

void PriceDialog::addBuiltIn(const ModelPrice &price, const QString &source)
{
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    const auto number = [](double value) { return QString::number(value, 'g', std::numeric_limits<double>::digits10); };
    const QStringList texts{price.model, price.from, number(price.input), number(price.output), QUrl(source).host()};
    for (int column = Model; column < ColumnCount; ++column) {
        auto *item = new QTableWidgetItem(texts[column]);
        item->setFlags(Qt::ItemIsSelectable | Qt::ItemIsEnabled);
        item->setForeground(palette().placeholderText());
        item->setToolTip(tr("Comes with the program, from %1; it holds with the vendor's name before it, too. Add a price of your own to use another.").arg(source));
        m_table->setItem(row, column, item);
    }
}

void PriceDialog::addModel(const QString &model)
{
    addRow({model, {}, 0, 0}, true);
    m_table->setCurrentCell(m_own - 1, model.isEmpty() ? Model : Input);
}

Result<PriceList> PriceDialog::list() const
{
    std::vector<ModelPrice> prices;
    for (int row = 0; row < m_own; ++row) {
        const auto text = [&](int column) { return m_table->item(row, column) == nullptr ? QString() : m_table->item(row, column)->text().trimmed(); };
        const auto number = [&](int column) {
            bool ok = false;
            const double value = text(column).toDouble(&ok);
            return ok ? value : std::numeric_limits<double>::quiet_NaN();
        };
        if (text(Model).isEmpty() && text(Input).isEmpty() && text(Output).isEmpty())
            continue;
        ModelPrice price{text(Model), text(From), number(Input), number(Output)};
        if (const QString mistake = PriceList::mistakeIn(price); !mistake.isEmpty())
            return failure(ErrorCode::InvalidInput, mistake);
        prices.push_back(std::move(price));
    }
    return PriceList(std::move(prices));
}

void PriceDialog::save()
{
    const Result<PriceList> prices = list();
    const auto complain = [this](const Error &error) {
        m_problem->setText(error.message);
        m_problem->show();
    };
    if (!prices) {
        complain(prices.error());
        return;
    }
    onResult(QtConcurrent::run(&m_workers, [path = m_path, list = *prices] { return list.write(path); }), this, [this, complain](const Result<> &written) {
        if (!written) {
            complain(written.error());
            return;
        }
        emit saved();
        accept();
    });
}

} // namespace turnstone
